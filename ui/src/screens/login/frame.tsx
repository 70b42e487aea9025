// The quiet page around every form that is filled in before one is signed in.
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { site } from '../../api/session'
import { Logo } from '../../design/icons'
import { Simulated } from '../../design/notice'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { login } from '../../messages/login'
import { LanguageSwitch, ThemeSwitch } from '../../shell/switches'
import './login.css'

export function DoorFrame({ title, children }: { title: string; children: ComponentChildren }) {
  const m = login.value
  const name = named(site.value?.name, site.value?.name_en) || common.value.product
  useEffect(() => {
    document.title = `${title} · ${name}`
  })
  return (
    <div class="door">
      <header class="door-top">
        <ThemeSwitch />
        <LanguageSwitch />
      </header>
      <main class="door-main" id="main">
        <div class="door-name">
          <Logo size={44} />
          <div>
            <p class="door-site">{name}</p>
            {site.value?.demo && (
              <p class="muted small">
                <Simulated />
              </p>
            )}
          </div>
        </div>
        <section class="door-card">
          <h1>{title}</h1>
          {children}
        </section>
        <p class="door-foot muted small">
          {common.value.product} <span class="num">{site.value?.version}</span>. {m.motto}
        </p>
      </main>
      <Scene />
    </div>
  )
}

/** A lighthouse over the sea in the colour of decoration: seen once a shift, it may be a picture. */
function Scene() {
  return (
    <svg class="door-scene" viewBox="0 0 720 800" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
      <path class="scene-beam" d="M392 248 0 120v190zM424 248l296-96v158z" />
      <g class="scene-line">
        <path d="M0 652c80-16 120 16 200 0s120-16 200 0 120 16 200 0 80-8 120 0" />
        <path d="M0 692c60-12 100 12 160 0s110-12 170 0 110 12 170 0 120-12 220 0" />
        <path d="M0 732c90-16 150 14 240 0s150-14 240 0 150 12 240 0" />
      </g>
      <path class="scene-rock" d="M248 660c24-40 60-44 84-72 24-24 120-28 152 0 28 26 72 34 92 72z" />
      <path class="scene-tower" d="M368 312h80l28 288H340z" />
      <path class="scene-band" d="M363.7 356L451.1 344L455.6 390L359.2 402zM355.9 436L458.9 424L463.4 470L351.5 482zM348.2 516L466.7 504L471.1 550L343.7 562z" />
      <path class="scene-tower" d="M352 296h112v18H352zM376 224h64v66h-64zM368 214l40-40 40 40z" />
      <path class="scene-lamp" d="M386 232h44v50h-44z" />
    </svg>
  )
}
