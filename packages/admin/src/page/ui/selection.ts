// What the viewer has selected.

/** Where the selection begins, if there is one; also inside the shadow tree `root`. */
export function selectedNode(root: ShadowRoot): Node | undefined {
  const selection = getSelection()
  if (selection === null || selection.rangeCount === 0) return undefined
  // Older browsers without this call give nodes inside shadow trees away anyhow.
  const ranges = selection.getComposedRanges?.({ shadowRoots: [root] })
  const range = ranges?.[0] ?? selection.getRangeAt(0)
  return range.collapsed ? undefined : range.startContainer
}
