// All overlays in one piece: they share what places them.
export { DialogOverlay, DrawerOverlay } from "./DialogOverlay";
export { MenuAtOverlay, MenuOverlay } from "./MenuOverlay";
export { PopoverOverlay } from "./PopoverOverlay";
export { TooltipOverlay } from "./TooltipOverlay";
