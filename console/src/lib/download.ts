// Hands a file to the browser.

/** How long the browser may take to fetch what it was handed, in milliseconds. */
const KEPT_MS = 60_000;

/** Saves `content` under `name`. */
export function download(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}
