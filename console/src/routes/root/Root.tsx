// The frame of every page: the rail, the bar of the question, and what is shared by all.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { useCallback, useSyncExternalStore } from "react";

import { problemFrom, write } from "../../api/client";
import * as queries from "../../api/queries";
import { cancel, running, subscribe } from "../../api/running";
import { Commands } from "../../commands/Commands";
import { run } from "../../commands/registry";
import { useCommand } from "../../commands/useCommand";
import { useNames } from "../../state/names";
import { hrefOf, useGo, useQuestion } from "../../state/question";
import { type Theme, useTheme } from "../../state/preferences";
import { RunningQueries } from "../../ui/RunningQueries";
import { ErrorState, Notice } from "../../ui/State";
import { LoginForm } from "../login";
import { useLive, useStatus } from "./live";
import { QuestionBar } from "./QuestionBar";
import { QuestionGuard } from "./QuestionGuard";
import { Rail } from "./Rail";
import styles from "./Root.module.css";
import { useDefaultView } from "./useDefaultView";
import { ValueLayer } from "./ValueLayer";

const NEXT: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" };

export function Root() {
  const session = useQuery(queries.session());
  const client = useQueryClient();
  if (session.isPending) return null;
  if (session.error) {
    return (
      <ErrorState problem={problemFrom(session.error)} onRetry={() => void session.refetch()} />
    );
  }
  if (session.data?.role === null) {
    return <LoginForm onDone={() => void client.invalidateQueries()} />;
  }
  const leave = async () => {
    await write("DELETE", "/session");
    // First nobody is there, so that nothing is asked again; then what was seen is forgotten.
    client.setQueryData(queries.session().queryKey, {
      role: null,
      is_token_needed: true,
    });
    client.removeQueries({ predicate: (it) => it.queryKey[0] !== "/session" });
  };
  return <Frame onLeave={session.data?.is_token_needed ? () => void leave() : null} />;
}

function Frame({ onLeave }: { onLeave: (() => void) | null }) {
  const question = useQuestion();
  const path = useLocation({ select: (it) => it.pathname });
  const form = formOf(path);
  const status = useStatus();
  const connection = useLive(true);
  const client = useQueryClient();
  const views = useQuery(queries.views()).data;
  const names = useNames();
  useDefaultView(views);
  const runningQueries = useSyncExternalStore(subscribe, running);
  const [theme, setTheme] = useTheme();
  const push = useGo();
  const go = useCallback(
    (to: string) => push(to.includes("?") ? to : hrefOf(to, question)),
    [push, question],
  );
  useCommand("theme.next", () => setTheme(NEXT[theme]));
  useCommand("question.run", () => void client.invalidateQueries());
  return (
    <ValueLayer>
      <div className={styles.frame}>
        <Rail
          question={question}
          status={status}
          onCommands={() => run("commands.open")}
          onLeave={onLeave}
        />
        <div className={styles.column}>
          <QuestionBar form={form} status={status} connection={connection} />
          {connection === "lost" && (
            <Notice look="bad">
              The connection to the server is lost. What you see is the last answer; this page
              connects again by itself
            </Notice>
          )}
          {connection === "quiet" && (
            <Notice look="warn">
              The server answers, but sends no news to this page: too many may be open. What you see
              does not refresh by itself until the next try succeeds
            </Notice>
          )}
          <main className={styles.main}>
            <QuestionGuard form={form} status={status}>
              <Outlet />
            </QuestionGuard>
          </main>
        </div>
      </div>
      <RunningQueries queries={runningQueries} onCancel={(id) => void cancel(id)} />
      <Commands go={go} views={views ?? []} names={names} />
    </ValueLayer>
  );
}

/** How much of the question a page shows. */
function formOf(path: string): "full" | "window" | "none" {
  if (path === "/" || path === "/explore" || path === "/flows") return "full";
  return path.startsWith("/entity/") || path === "/findings" ? "window" : "none";
}
