// What the viewer has selected.

/** The selection; Chromium knows of those inside shadow trees by a call of their own. */
export function selectionIn(root: Node): Selection | null {
  const shadow = root as { getSelection?: () => Selection | null }
  return shadow.getSelection?.() ?? document.getSelection()
}
