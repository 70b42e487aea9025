// Our own line icons on a 20 px grid. They stand beside words or carry a label, so they are hidden from voices.
const PATHS = {
  map: 'M2.5 5 7.5 3l5 2 5-2v12l-5 2-5-2-5 2zM7.5 3v12M12.5 5v12',
  feeds: 'M4 16h.01M4 11.5a4.5 4.5 0 0 1 4.5 4.5M4 7a9 9 0 0 1 9 9M4 2.8A13.2 13.2 0 0 1 17.2 16',
  people: 'M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 16.5c.4-3 2.6-4.7 5.5-4.7s5.1 1.7 5.5 4.7M13 9.4a2.6 2.6 0 1 0-.6-5.1M15 12c1.7.5 2.8 2 3 4.5',
  calendar: 'M3 4.5h14v12.5H3zM3 8.5h14M6.5 2.5v3.5M13.5 2.5v3.5',
  pulse: 'M2 10.5h3.5L8 4l4 12 2.5-5.5H18',
  models: 'M10 2.5 17 6v8l-7 3.5L3 14V6zM3 6l7 3.5L17 6M10 9.5v8',
  search: 'M8.8 14.6a5.8 5.8 0 1 0 0-11.6 5.8 5.8 0 0 0 0 11.6zM13 13l4.2 4.2',
  sun: 'M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 1.8v1.7M10 16.5v1.7M1.8 10h1.7M16.5 10h1.7M4.2 4.2l1.2 1.2M14.6 14.6l1.2 1.2M15.8 4.2l-1.2 1.2M5.4 14.6l-1.2 1.2',
  moon: 'M16.5 12.2A7 7 0 0 1 7.8 3.5a7 7 0 1 0 8.7 8.7z',
  person: 'M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3.5 17c.6-3.2 3.2-5 6.5-5s5.9 1.8 6.5 5',
  close: 'M5 5l10 10M15 5 5 15',
  check: 'M4 10.5l4 4 8-9',
  back: 'M12 4.5 6.5 10l5.5 5.5',
  forward: 'M8 4.5 13.5 10 8 15.5',
  down: 'M4.5 7.5 10 13l5.5-5.5',
  copy: 'M7 7h9.5v9.5H7zM13 7V3.5H3.5V13H7',
  key: 'M7 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10.5 10h7M14.5 10v3M17 10v2',
  keyboard: 'M2 5.5h16v9H2zM5 8.5h.01M8 8.5h.01M11 8.5h.01M14.5 8.5h.01M6.5 11.8h7',
  language: 'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM2.7 8h14.6M2.7 12h14.6M10 2.5c-4 4.5-4 10.5 0 15M10 2.5c4 4.5 4 10.5 0 15',
  exit: 'M8 3H4v14h4M12 6l4 4-4 4M16 10H8',
  plus: 'M10 4v12M4 10h12',
  pause: 'M7 4.5v11M13 4.5v11',
  play: 'M6 4l10 6-10 6z',
  refresh: 'M16 10a6 6 0 1 1-1.9-4.4M16.5 2.8v3.7h-3.7',
  book: 'M10 5.5C8 4 5.5 3.6 2.5 3.7v11.6c3-.1 5.5.3 7.5 1.7 2-1.4 4.5-1.8 7.5-1.7V3.7c-3-.1-5.5.3-7.5 1.8zM10 5.5V17',
  works: 'M3 17V9.5h3.5V17M8.2 17V3.5h3.6V17M13.5 17v-5H17v5M2 17h16',
  gauge: 'M3 15.5a8 8 0 1 1 14 0M10 12l3.5-5M10 13.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4z',
  document: 'M5 2.5h7l4 4v11H5zM12 2.5v4h4M7.5 10.5h6M7.5 13.5h6',
  siren: 'M4.5 15.5h11M6 15.5V11a4 4 0 0 1 8 0v4.5M10 2v2.5M3.6 4.6l1.7 1.7M16.4 4.6l-1.7 1.7M2 10h1.5M16.5 10H18',
  screen: 'M2 4h16v10H2zM7 17h6M10 14v3',
  sound: 'M3 7.5v5h3.5L11 16V4L6.5 7.5zM13.8 7.3a4 4 0 0 1 0 5.4M16 5a7 7 0 0 1 0 10',
  mute: 'M3 7.5v5h3.5L11 16V4L6.5 7.5zM14 8l4 4M18 8l-4 4',
  megaphone: 'M3 8v4h3l8 4V4L6 8zM6 12l1 4.5h2.5L8.5 13M16.5 8v4',
  rules: 'M3 6h8M15 6h2M13 4v4M3 14h2M9 14h8M7 12v4',
  external: 'M8 4H4v12h12v-4M11.5 3.5h5v5M16.5 3.5 9.5 10.5',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  )
}

/** The lighthouse: our mark, drawn with the text colour and the lamp. */
export function Logo({ size = 32 }: { size?: number }) {
  return (
    <svg class="logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path d="M16 3 20.5 8h-9zM11 14h10v2H11zM12.7 16.5h6.6L21 29H11z" fill="currentColor" />
      <path class="logo-lamp" d="M13 9h6v4h-6z" />
      <path class="logo-band" d="m12.1 20.5 7.5-1.6.4 2.7-8.3 1.8zM11.5 26l8.9-1.9.3 2.3-9.5 2z" />
      <path class="logo-beam" d="m10 10.4-7.5-2M10 12.2l-7.5 2M22 10.4l7.5-2M22 12.2l7.5 2" />
    </svg>
  )
}
