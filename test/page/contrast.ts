import type { Page } from 'puppeteer-core'

/**
 * Returns the text of the page that is hardest to read, with its contrast as the Web Content Accessibility Guidelines define
 * it: AA needs 4.5.
 */
export const lowestContrast = (page: Page): Promise<{ ratio: number; text: string }> =>
  page.evaluate(SCRIPT) as Promise<{ ratio: number; text: string }>

const SCRIPT = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number)
  const luminance = (color) => {
    const [r, g, b] = parse(color).map((value) => {
      const channel = value / 255
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const backgroundOf = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at)
      if (parse(backgroundColor)[3] !== 0) return backgroundColor
    }
    return 'rgb(255, 255, 255)'
  }
  let lowest = { ratio: Infinity, text: '' }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement
    if (node.data.trim() === '' || !element.checkVisibility() || element.closest('script, noscript')) continue
    const style = getComputedStyle(element)
    const color = element instanceof SVGElement ? style.fill : style.color
    const [a, b] = [luminance(color), luminance(backgroundOf(element))].sort((a, b) => b - a)
    const ratio = (a + 0.05) / (b + 0.05)
    if (ratio < lowest.ratio) lowest = { ratio, text: node.data.slice(0, 80) }
  }
  return lowest
})()`
