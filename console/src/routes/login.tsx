// The form for a token, shown when the server does not know who asks.
import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";

import { problemFrom, write } from "../api/client";
import { Notice, sentence } from "../ui/State";
import styles from "./login.module.css";

export function LoginForm({ onDone }: { onDone: () => void }) {
  const [token, setToken] = useState("");
  const id = useId();
  const begin = useMutation({
    mutationFn: () => write("POST", "/session", { body: { token: token.trim() } }),
    onSuccess: onDone,
  });
  const problem = begin.error === null ? null : problemFrom(begin.error);
  return (
    <main className={styles.page}>
      <form
        className={styles.card}
        onSubmit={(event) => {
          event.preventDefault();
          begin.mutate();
        }}
      >
        <h1 className={styles.brand}>
          <img src="/icon.svg" alt="" width={24} height={24} />
          Tidegate
        </h1>
        <p className="muted">This server asks for a token. Who runs it can give you one</p>
        <label htmlFor={id}>Token</label>
        <input
          id={id}
          type="password"
          autoComplete="current-password"
          // There is nothing else to do on this page.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          spellCheck={false}
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
        {problem && (
          <Notice look="bad">
            {sentence(problem.message)}
            {problem.hint && `: ${problem.hint}`}
          </Notice>
        )}
        <button type="submit" disabled={token.trim() === "" || begin.isPending}>
          Sign in
        </button>
        <p className={styles.foot}>
          It is kept as a cookie that scripts cannot read, for twelve hours
        </p>
      </form>
    </main>
  );
}
