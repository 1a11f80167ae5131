// One thing that has a page: an address, an interface, a group, a port, ... Who it is at the left,
// what it did at the right. The filter and the window come along from where one came.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { entity as entityOf } from "../api/queries";
import type { Entity } from "../api/types";
import { kindWord } from "../lib/entities";
import { useOwn } from "../state/own";
import { scopeOf, useChange, useQuestion } from "../state/question";
import { Answer } from "../ui/Answer";
import { Button } from "../ui/Button";
import { CopyButton } from "../ui/CopyButton";
import { Drill } from "../ui/Drill";
import { PageHead } from "../ui/PageHead";
import { EmptyState, Notice } from "../ui/State";
import { Tabs } from "../ui/Tabs";
import { EntitySide } from "./EntitySide";
import { EntityTraffic } from "./EntityTraffic";
import styles from "./entity.module.css";

export function EntityPage() {
  const { kind = "", id = "" } = useParams({ strict: false });
  const { from, until } = useQuestion();
  const query = useQuery(entityOf({ kind, id, from, until }));
  return (
    <div className={styles.page}>
      <Answer query={query} height={600} lines={12}>
        {(entity) => <Page key={`${entity.kind}/${entity.id}`} entity={entity} />}
      </Answer>
    </div>
  );
}

function Page({ entity }: { entity: Entity }) {
  const question = useQuestion();
  const change = useChange();
  const [said, setSide] = useOwn("side", "");
  const views = entity.views.map((view) => ({ id: slug(view.name), label: view.name, view }));
  const shown = views.find((it) => it.id === said) ?? views.at(-1);
  const server = views.find((it) => it.id === "as-server")?.view;
  const client = views.find((it) => it.id === "as-client")?.view;
  const sides = shown?.id === "all" && server && client ? { server, client } : null;
  const filter = scopeOf(question).q;
  return (
    <>
      <PageHead
        title={
          <>
            <span className={styles.kind}>{kindWord(entity.kind)}</span>
            <span className={styles.title}>{entity.title}</span>
            <CopyButton text={entity.id} what={`${kindWord(entity.kind).toLowerCase()} id`} />
          </>
        }
        subtitle={entity.subtitle}
        tools={
          shown && (
            <>
              <Drill to="/explore" patch={{ q: shown.view.q }}>
                Explore
              </Drill>
              <Drill to="/flows" patch={{ q: shown.view.q }}>
                Records
              </Drill>
            </>
          )
        }
      />
      {filter !== "" && (
        <Notice
          look="info"
          actions={<Button onClick={() => change({ q: "", pin: [] })}>Show all of it</Button>}
        >
          Only what matches <code>{filter}</code> is shown
        </Notice>
      )}
      {!entity.is_known && (
        <Notice look="warn">Neither the records of this window nor the inventory know it</Notice>
      )}
      <div className={styles.split}>
        <EntitySide entity={entity} />
        <div className={styles.right}>
          {views.length > 0 && shown && (
            <Tabs label="Views" tabs={views} value={shown.id} onChange={setSide} />
          )}
          {shown ? (
            <EntityTraffic key={shown.id} kind={entity.kind} view={shown.view} sides={sides} />
          ) : (
            <EmptyState title="There are no questions about such a thing" />
          )}
        </div>
      </div>
    </>
  );
}

/** "As client" in a URL. */
function slug(name: string): string {
  return name.toLowerCase().replaceAll(" ", "-");
}
