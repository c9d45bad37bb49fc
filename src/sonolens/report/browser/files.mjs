// @ts-check
/** Links to files beside the page, which lead there from where it was written and through `latest`, and from nowhere else. */

/**
 * Tell where a file lies as seen from the folder that a page was opened in; null where that cannot be known.
 * @param {string} address As seen from where the page was written.
 * @param {string} folder Name of the folder.
 * @param {string} version The version of the page, which names the folder that it was written to.
 */
export function seenFrom(address, folder, version) {
  if (folder === version) return address;
  // `latest` leads to that folder, and lies one nearer to the files.
  return folder === "latest" && address.startsWith("../") ? address.slice(3) : null;
}

/** Set all links right, and take out those of a page that was moved. */
export function startFiles() {
  const folder = decodeURIComponent(location.pathname.split("/").at(-2) ?? "");
  for (const link of document.querySelectorAll("a.file")) {
    const address = link.getAttribute("href") ?? "";
    const seen = seenFrom(address, folder, document.body.dataset.version ?? "");
    if (seen !== null) link.setAttribute("href", seen);
    else link.replaceWith(...link.childNodes);
  }
}

if (typeof document !== "undefined") startFiles();
