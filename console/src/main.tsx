// Starts the console.
import "./ui/tokens.css";
import "./ui/base.css";

import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { makeQueryClient } from "./api/queryClient";
import { makeRouter } from "./routes/router";
import { startTheme } from "./state/preferences";

const element = document.querySelector("#root");
if (!element) throw new Error("index.html has no #root");

startTheme();
createRoot(element).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={makeQueryClient()}>
        <RouterProvider router={makeRouter()} />
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
