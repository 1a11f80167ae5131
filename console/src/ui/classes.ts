// Joins the names of classes; what is false is left out.
export function classes(...names: (string | false | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}
