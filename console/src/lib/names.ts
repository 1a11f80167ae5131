// Names that people gave. Several things may have one name: a group "web" in each VPC.

/** How many of the last letters of an id tell it from its namesakes. */
const N_LETTERS = 4;

/**
 * Names by id; what shares its name with another of its kind has the end of its id beside it. An
 * instance and its interface may well have one name.
 */
export function distinctNames(
  names: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const times = new Map<string, number>();
  const keyOf = (id: string, name: string) => `${id.slice(0, id.indexOf("-") + 1)} ${name}`;
  for (const [id, name] of Object.entries(names)) {
    const key = keyOf(id, name);
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return new Map(
    Object.entries(names).map(([id, name]) => {
      const isShared = (times.get(keyOf(id, name)) ?? 0) > 1;
      return [id, isShared ? `${name} …${id.slice(-N_LETTERS)}` : name];
    }),
  );
}
