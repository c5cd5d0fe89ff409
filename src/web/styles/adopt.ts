// Style sheets that come with a chunk: constructed ones, which the policy of the page allows.

/** Adds a style sheet; returns what takes it out again. */
export function adopt(sheet: CSSStyleSheet): () => void {
  document.adoptedStyleSheets.push(sheet);
  return () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
  };
}
