/**
 * Creates elements. Nothing here, or anywhere else on the page, takes text for markup: values of labels come from the
 * app's clients.
 *
 * @module
 */

type Attributes = Readonly<Record<string, string>>

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const created = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value)
  created.append(...children)
  return created
}

export function svgElement<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
): SVGElementTagNameMap[Tag] {
  const created = document.createElementNS('http://www.w3.org/2000/svg', tag)
  setAttributes(created, attributes)
  return created
}

export function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (target.getAttribute(name) !== value) target.setAttribute(name, value)
  }
}

/** Sets a text, and leaves the node alone if it has it: a selection of the reader's would be lost otherwise. */
export function setText(target: Node, text: string): void {
  if (target.textContent !== text) target.textContent = text
}

/** Returns the element of `page.html` with this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`page.html has no element #${id}`)
  return found
}

/** How much of a text from outside is shown. */
const MAX_TEXT_LENGTH = 200

/** Cuts a text from outside. */
export const cut = (text: string) => (text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text)

/**
 * Creates or updates the element of a text from outside. It is isolated, so that its characters cannot turn the direction
 * of the text around it.
 */
export function setForeignText(target: HTMLElement, text: string): void {
  const known = target.firstElementChild
  const isolated = known ?? target.appendChild(element('bdi'))
  setText(isolated, cut(text))
}

/** Has a parent hold as many children as there are items, keeps those that it has, and updates each. */
export function sync<Item, Child extends Element>(
  parent: Element,
  items: readonly Item[],
  create: () => Child,
  update: (child: Child, item: Item) => void,
): void {
  while (parent.children.length > items.length) parent.lastElementChild?.remove()
  for (const [i, item] of items.entries()) {
    const child = (parent.children[i] as Child | undefined) ?? parent.appendChild(create())
    update(child, item)
  }
}
