// The pages and their addresses. Each page is loaded when it is first opened.

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";

import { parseSearch, type Search, stringifySearch } from "../state/search";
import { Root } from "./root/Root";
import { Crashed, NotFound } from "./root/Fallback";

const root = createRootRoute({
  component: Root,
  notFoundComponent: NotFound,
  errorComponent: Crashed,
  validateSearch: (search: Record<string, unknown>): Search =>
    parseSearch(stringifySearch(search).slice(1)),
});

const pages = [
  page("/", () => import("./home"), "HomePage"),
  page("/explore", () => import("./explore"), "ExplorePage"),
  page("/flows", () => import("./flows"), "FlowsPage"),
  page("/entity/$kind/$id", () => import("./entity"), "EntityPage"),
  page("/groups", () => import("./groups"), "GroupsPage"),
  page("/groups/$id", () => import("./group"), "GroupPage"),
  page("/coverage", () => import("./coverage"), "CoveragePage"),
  page("/sql", () => import("./sql"), "SqlPage"),
  page("/findings", () => import("./findings"), "FindingsPage"),
  page("/views", () => import("./views"), "ViewsPage"),
  page("/help", () => import("./help"), "HelpPage"),
];

function page<Path extends string, Name extends string>(
  path: Path,
  load: () => Promise<Record<Name, () => React.ReactNode>>,
  name: Name,
) {
  return createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(load, name),
  });
}

/** Makes the router; tests make their own. */
export const makeRouter = () =>
  createRouter({
    routeTree: root.addChildren(pages),
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    scrollRestoration: true,
  });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
