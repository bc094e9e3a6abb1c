// What the viewer has selected, or points at.

/** Where the selection begins, if there is one; also inside the shadow tree `root`. */
export function selectedNode(root: ShadowRoot): Node | undefined {
  const selection = getSelection()
  if (selection === null || selection.rangeCount === 0) return undefined
  // Older browsers without this call give nodes inside shadow trees away anyhow.
  const ranges = selection.getComposedRanges?.({ shadowRoots: [root] })
  const range = ranges?.[0] ?? selection.getRangeAt(0)
  return range.collapsed ? undefined : range.startContainer
}

/** True if an event is on the text of a line: one that moves on could be neither clicked nor selected. */
export function isOnText(event: Event): boolean {
  const [target] = event.composedPath()
  return target instanceof Element && target.closest('.cells') !== null
}
