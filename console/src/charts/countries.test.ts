import raw from "world-atlas/countries-110m.json?raw";
import { expect, test } from "vitest";
import { codeOf, countryName, numberOf, spotOf } from "./countries";

interface Atlas {
  objects: { countries: { geometries: { id?: string; properties: { name: string } }[] } };
}

/** Areas that no code of ISO 3166 stands for. */
const WITHOUT_CODE = ["N. Cyprus", "Somaliland", "Kosovo"];

test("every outline of the map has a code, and its code leads back to it", () => {
  const atlas: Atlas = JSON.parse(raw);
  for (const { id, properties } of atlas.objects.countries.geometries) {
    if (WITHOUT_CODE.includes(properties.name)) continue;
    const code = codeOf(id ?? "");
    expect(code, properties.name).not.toBeNull();
    expect(numberOf(code ?? ""), properties.name).toBe(id);
  }
});

test("a country too small for an outline has a place", () => {
  expect(spotOf("SG")).toEqual([103.8, 1.4]);
  expect(spotOf("hk")?.[0]).toBeCloseTo(114.1);
  expect(spotOf("DE")).toBeNull();
});

test("names are words, and what is no country stays what it is", () => {
  expect(countryName("de")).toBe("Germany");
  expect(countryName("ZZZ")).toBe("ZZZ");
  expect(numberOf("XX")).toBeNull();
});
