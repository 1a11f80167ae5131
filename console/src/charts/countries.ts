// Countries by ISO 3166-1: two letters (what records have) to the number (what the map has), and a
// place for those that are too small for the map's outlines.

/** Two letters, then three digits. */
const CODES = `
  AD020 AE784 AF004 AG028 AI660 AL008 AM051 AO024 AQ010 AR032 AS016 AT040 AU036 AW533 AX248
  AZ031 BA070 BB052 BD050 BE056 BF854 BG100 BH048 BI108 BJ204 BL652 BM060 BN096 BO068 BQ535
  BR076 BS044 BT064 BV074 BW072 BY112 BZ084 CA124 CC166 CD180 CF140 CG178 CH756 CI384 CK184
  CL152 CM120 CN156 CO170 CR188 CU192 CV132 CW531 CX162 CY196 CZ203 DE276 DJ262 DK208 DM212
  DO214 DZ012 EC218 EE233 EG818 EH732 ER232 ES724 ET231 FI246 FJ242 FK238 FM583 FO234 FR250
  GA266 GB826 GD308 GE268 GF254 GG831 GH288 GI292 GL304 GM270 GN324 GP312 GQ226 GR300 GS239
  GT320 GU316 GW624 GY328 HK344 HM334 HN340 HR191 HT332 HU348 ID360 IE372 IL376 IM833 IN356
  IO086 IQ368 IR364 IS352 IT380 JE832 JM388 JO400 JP392 KE404 KG417 KH116 KI296 KM174 KN659
  KP408 KR410 KW414 KY136 KZ398 LA418 LB422 LC662 LI438 LK144 LR430 LS426 LT440 LU442 LV428
  LY434 MA504 MC492 MD498 ME499 MF663 MG450 MH584 MK807 ML466 MM104 MN496 MO446 MP580 MQ474
  MR478 MS500 MT470 MU480 MV462 MW454 MX484 MY458 MZ508 NA516 NC540 NE562 NF574 NG566 NI558
  NL528 NO578 NP524 NR520 NU570 NZ554 OM512 PA591 PE604 PF258 PG598 PH608 PK586 PL616 PM666
  PN612 PR630 PS275 PT620 PW585 PY600 QA634 RE638 RO642 RS688 RU643 RW646 SA682 SB090 SC690
  SD729 SE752 SG702 SH654 SI705 SJ744 SK703 SL694 SM674 SN686 SO706 SR740 SS728 ST678 SV222
  SX534 SY760 SZ748 TC796 TD148 TF260 TG768 TH764 TJ762 TK772 TL626 TM795 TN788 TO776 TR792
  TT780 TV798 TW158 TZ834 UA804 UG800 UM581 US840 UY858 UZ860 VA336 VC670 VE862 VG092 VI850
  VN704 VU548 WF876 WS882 YE887 YT175 ZA710 ZM894 ZW716
`;

/** Code, degrees east, degrees north. */
const SPOTS = `
  AD 1.6 42.5, AG -61.8 17.3, AI -63.1 18.2, AS -170.7 -14.3, AW -70.0 12.5, AX 20.0 60.2,
  BB -59.6 13.2, BH 50.5 26.0, BL -62.8 17.9, BM -64.8 32.3, CK -159.8 -21.2, CV -24.0 16.0,
  CW -69.0 12.2, DM -61.4 15.4, FM 153.3 7.5, FO -6.9 62.1, GD -61.7 12.1, GG -2.6 49.5,
  GS -36.5 -54.5, GU 144.8 13.4, HK 114.1 22.4, HM 73.5 -53.1, IM -4.5 54.2, IO 72.4 -7.3,
  JE -2.1 49.2, KI -167.9 0.9, KM 43.7 -11.9, KN -62.7 17.3, KY -80.9 19.4, LC -61.0 13.9,
  LI 9.5 47.1, MC 7.4 43.8, MF -63.1 18.1, MH 170.3 7.0, MO 113.5 22.2, MP 145.6 15.8,
  MS -62.2 16.7, MT 14.4 35.9, MU 57.6 -20.3, MV 73.5 3.7, NF 167.9 -29.1, NR 166.9 -0.5,
  NU -169.9 -19.0, PF -144.8 -14.7, PM -56.3 46.9, PN -128.3 -24.4, PW 134.4 7.3, SC 55.5 -4.7,
  SG 103.8 1.4, SH -9.7 -12.4, SM 12.5 43.9, ST 6.7 0.4, SX -63.1 18.1, TC -72.0 21.8,
  TO -174.8 -20.4, VA 12.4 41.9, VC -61.2 13.2, VG -64.5 18.5, VI -64.8 18.0, WF -177.3 -13.9,
  WS -172.2 -13.8, BQ -68.3 12.2, CC 96.8 -12.2, CX 105.6 -10.5, GF -53.1 4.0, GI -5.4 36.1,
  GP -61.5 16.2, MQ -61.0 14.6, RE 55.5 -21.1, SJ 16.0 78.0, TK -171.8 -9.2, TV 179.2 -8.5,
  YT 45.2 -12.8
`;

/** The number of a country as the map writes it ("004"), or null: not a country. */
export function numberOf(code: string): string | null {
  return numbers.get(code.toUpperCase()) ?? null;
}

/** The two letters of a number of the map, or null. */
export function codeOf(number: string): string | null {
  return codes.get(number) ?? null;
}

/** Where a country lies that has no outline: [east, north]. */
export function spotOf(code: string): [number, number] | null {
  return spots.get(code.toUpperCase()) ?? null;
}

/** The English name, as the browser knows it; the code itself if it does not. */
export function countryName(code: string): string {
  if (!/^[A-Za-z]{2}$/.test(code)) return code;
  return names.of(code.toUpperCase()) ?? code;
}

const pairs = CODES.trim()
  .split(/\s+/)
  .map((entry) => [entry.slice(0, 2), entry.slice(2)] satisfies [string, string]);
const numbers = new Map(pairs);
const codes = new Map(pairs.map(([code, number]) => [number, code]));
const spots = new Map(
  SPOTS.trim()
    .split(/,\s*/)
    .map((entry) => {
      const [code = "", east = "0", north = "0"] = entry.split(" ");
      return [code, [Number(east), Number(north)]] satisfies [string, [number, number]];
    }),
);
const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });
