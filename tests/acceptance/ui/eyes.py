"""What these tests look at on a page beyond its words: overflow, colours, names of controls."""

from __future__ import annotations

import base64

from playwright.async_api import Page

_LOOKS = 20
"""How often, a tenth of a second apart, a page is looked at that has not settled yet."""

_SPREAD = """
() => {
  const wide = []
  for (const element of document.querySelectorAll('body *')) {
    const box = element.getBoundingClientRect()
    const scrolls = element.closest('.table-frame, .tabs, pre, .skip, .hidden-text, .map')
    if (box.width && box.right > innerWidth + 1 && !scrolls) wide.push(element.className || element.tagName)
  }
  return wide
}
"""

_NAMELESS = """
() => [...document.querySelectorAll('button, a[href], input, select, textarea')]
  .filter((control) => control.getClientRects().length > 0)
  .filter((control) => !(control.getAttribute('aria-label') || control.textContent.trim() || control.title ||
    [...(control.labels ?? [])].some((label) => label.textContent.trim())))
  .map((control) => control.outerHTML.slice(0, 120))
"""

_SMALL = """
() => [...document.querySelectorAll('.button, .rail-place, .tab, .segment, .person-button, .field input')]
  .filter((control) => control.getClientRects().length > 0)
  .map((control) => [control.className, control.getBoundingClientRect()])
  .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
  .map(([name, box]) => `${name} ${box.width}x${box.height}`)
"""

# Pixels with (max - min) / 255 > 0.25 whose hue is not the accent's (208.6 degrees) within 12 degrees.
_LOUD = """
async (picture) => {
  const image = new Image()
  image.src = picture
  await image.decode()
  const canvas = new OffscreenCanvas(image.width, image.height)
  const pen = canvas.getContext('2d')
  pen.drawImage(image, 0, 0)
  const { data } = pen.getImageData(0, 0, image.width, image.height)
  let loud = 0
  for (let at = 0; at < data.length; at += 4) {
    const [r, g, b] = [data[at], data[at + 1], data[at + 2]]
    const most = Math.max(r, g, b)
    const spread = most - Math.min(r, g, b)
    if (spread / 255 <= 0.25) continue
    const sixth = most === r ? (g - b) / spread + 6 : most === g ? (b - r) / spread + 2 : (r - g) / spread + 4
    if (Math.abs((sixth % 6) * 60 - 208.6) > 12) loud += 1
  }
  return loud
}
"""


# Texts whose contrast with the ground below them is under 4.5 (WCAG AA); what is switched off is exempt.
_FAINT = """
() => {
  const parsed = (text) => {
    const numbers = (text.match(/[\\d.]+(?:e-?\\d+)?/g) ?? []).map(Number)
    const share = text.startsWith('color(') ? 1 : 255
    return [...numbers.slice(0, 3).map((one) => one / share), numbers[3] ?? 1]
  }
  const over = ([r, g, b, a], below) => [r, g, b].map((one, place) => one * a + below[place] * (1 - a))
  const ground = (element) => {
    const layers = []
    for (let each = element; each; each = each.parentElement) {
      layers.unshift(parsed(getComputedStyle(each).backgroundColor))
    }
    return layers.reduce((below, layer) => over(layer, below), [1, 1, 1])
  }
  const light = (colour) => {
    const [r, g, b] = colour.map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const found = []
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
    if (!own || !element.getClientRects().length) continue
    if (element.closest('[disabled], .hidden-text, .skip, svg')) continue
    const below = ground(element)
    const ink = over(parsed(getComputedStyle(element).color), below)
    const [bright, dark] = [light(below), light(ink)].sort((a, b) => b - a)
    const contrast = (bright + 0.05) / (dark + 0.05)
    const name = element.className || element.tagName
    if (contrast < 4.5) found.push(`${name} ${contrast.toFixed(2)}: ${element.textContent.slice(0, 40)}`)
  }
  return found
}
"""

_TIMELESS = """
(element) => {
  const copy = element.cloneNode(true)
  copy.querySelectorAll('time, .period').forEach((part) => part.remove())
  return copy.textContent
}
"""


async def overflowing(page: Page) -> list[str]:
    """Return what reaches beyond the right edge of the window, once what is on its way has come."""
    found: list[str] = []
    for _ in range(_LOOKS):
        found = await page.evaluate(_SPREAD)
        if not found:
            break
        await page.wait_for_timeout(100)
    return found


async def nameless(page: Page) -> list[str]:
    """Return the controls that a screen reader could not name."""
    found: list[str] = await page.evaluate(_NAMELESS)
    return found


async def small_targets(page: Page) -> list[str]:
    """Return the controls that are smaller than 44 by 44 pixels."""
    found: list[str] = await page.evaluate(_SMALL)
    return found


async def loud_pixels(page: Page) -> int:
    """Count the pixels of strong colour that are not the accent's."""
    picture = base64.b64encode(await page.screenshot(animations="disabled")).decode()
    found: int = await page.evaluate(_LOUD, f"data:image/png;base64,{picture}")
    return found


async def faint(page: Page) -> list[str]:
    """Return the texts that stand out too little from their ground (contrast under 4.5 to 1)."""
    found: list[str] = await page.evaluate(_FAINT)
    return found


async def words(page: Page, selector: str) -> str:
    """Return the text of an element without its ages, which go on while we look."""
    text: str = await page.locator(selector).first.evaluate(_TIMELESS)
    return " ".join(text.split())
