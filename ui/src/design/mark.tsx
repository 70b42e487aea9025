// Marks that do not depend on colour: every state and priority has its own shape and its own sign.
import type { ComponentChildren } from 'preact'

export type Shape = 'square' | 'triangle' | 'circle' | 'diamond' | 'none'

/** On a grid of 20 pixels. */
export const OUTLINES: Record<Exclude<Shape, 'none'>, string> = {
  square: 'M2.5 2.5h15v15h-15z',
  triangle: 'M10 1.5 19 18H1z',
  circle: 'M10 1.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z',
  diamond: 'M10 .8 19.2 10 10 19.2.8 10z',
}

interface MarkProps {
  shape: Shape
  /** One sign: the priority's digit, or a letter of the state. */
  sign: string
  tone: 'p1' | 'p2' | 'p3' | 'p4' | 'quiet' | 'stale'
  filled?: boolean
  /** What a voice reads in its place; leave out where the words stand beside it. */
  label?: string
}

export function Mark({ shape, sign, tone, filled = false, label }: MarkProps) {
  return (
    <svg
      class={`mark mark-${tone}${filled ? ' mark-filled' : ''}`}
      width="20"
      height="20"
      viewBox="0 0 20 20"
      {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
    >
      {shape !== 'none' && <path class="mark-shape" d={OUTLINES[shape]} />}
      <text class="mark-sign" x="10" y={shape === 'triangle' ? 15.6 : 13.9} text-anchor="middle">
        {sign}
      </text>
    </svg>
  )
}

export const SHAPES = { 1: 'square', 2: 'triangle', 3: 'circle', 4: 'diamond' } as const

/** Priority 1 to 4: red square, amber triangle, yellow circle, violet diamond, each with its digit. */
export function Priority({ level, filled = true, label }: { level: 1 | 2 | 3 | 4; filled?: boolean; label: string }) {
  return <Mark shape={SHAPES[level]} sign={String(level)} tone={`p${level}`} filled={filled} label={label} />
}

/** A small label with a frame; colour never carries its meaning alone. */
export function Chip({ children, tone = 'plain' }: { children: ComponentChildren; tone?: 'plain' | 'hatched' }) {
  return <span class={`chip chip-${tone}`}>{children}</span>
}
