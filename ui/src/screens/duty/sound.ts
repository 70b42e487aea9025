// The one sound of the house: two short tones for a new critical alert, once, and only where somebody has asked for it.
import { signal } from '@preact/signals'

const KEY = 'haidang.sound'
const TONES_HZ = [880, 660] as const
const TONE_S = 0.18

export const soundOn = signal(recall())
let context: AudioContext | null = null

export function setSound(on: boolean): void {
  soundOn.value = on
  if (on) ring() // also the moment in which the browser allows sound: a person has pressed a button
  try {
    localStorage.setItem(KEY, on ? 'on' : 'off')
  } catch {
    return // storage refused: the choice lasts until the page is left
  }
}

export function ring(): void {
  if (!soundOn.peek() || typeof AudioContext === 'undefined') return
  context ??= new AudioContext()
  const { currentTime, destination } = context
  TONES_HZ.forEach((tone, index) => {
    const source = new OscillatorNode(context as AudioContext, { frequency: tone })
    const volume = new GainNode(context as AudioContext, { gain: 0.12 })
    source.connect(volume).connect(destination)
    source.start(currentTime + index * TONE_S)
    source.stop(currentTime + (index + 1) * TONE_S)
  })
}

function recall(): boolean {
  try {
    return localStorage.getItem(KEY) === 'on'
  } catch {
    return false
  }
}
