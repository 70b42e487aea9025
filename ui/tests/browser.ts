// The few browser objects that the modules under test touch when they are loaded; imported before them.
const address = new URL('http://127.0.0.1:8080/feeds?area=22&lang=vi')

export const visited: string[] = []

Object.assign(globalThis, {
  location: address,
  history: {
    pushState: (_: unknown, __: string, to: string) => move(to),
    replaceState: (_: unknown, __: string, to: string) => move(to),
  },
  localStorage: { getItem: () => null, setItem: () => undefined },
  addEventListener: () => undefined,
  document: { addEventListener: () => undefined, documentElement: { dataset: {} } },
})

// The page's clock ticks for ever; a test run must not wait for it.
const everlasting = globalThis.setInterval
globalThis.setInterval = ((...rest: Parameters<typeof setInterval>) => everlasting(...rest).unref()) as typeof setInterval

function move(to: string): void {
  visited.push(to)
  address.href = new URL(to, address).href
}
