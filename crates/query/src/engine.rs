//! One session: statements in, answers out.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use datafusion::common::{DFSchema, DataFusionError};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::{DdlStatement, LogicalPlan};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::{DataFrame, SessionContext};
use futures::future::ready;
use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};
use tidegate_store::{Opener, Place, Snapshot};
use tokio::time::Instant;

use crate::answer::Answer;
use crate::catalog::{Catalogs, Shared, is_built_in, kind_name};
use crate::error::{Error, from_engine};
use crate::limit::{self, Bounds, Limits};
use crate::reading::Reading;
use crate::scope::{LakeHandle, LakeSource, Scope};
use crate::statement::{
    SHOW_TABLES, asks_only, done_message, is_show_tables, left_message, only_queries, returns_rows,
};
use crate::workers::Workers;
use crate::{Result, complete, explain, function, raw, session};

/// Memory that a query may have if nobody says otherwise.
const MEMORY_BYTES_DEFAULT: usize = 2 * 1024 * 1024 * 1024;

/// Rows of a batch if nobody says otherwise.
const BATCH_ROWS_DEFAULT: usize = 8192;

/// What a session may use.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Threads that work on one query.
    pub threads: usize,
    /// Memory that the queries of the session may hold together, before they spill to disk or fail.
    pub memory_bytes_max: usize,
    /// Rows that an answer may have; more are cut off.
    pub rows_max: Option<u64>,
    /// Time from the statement to the last row of its answer.
    pub timeout: Option<Duration>,
    /// Rows of a batch.
    pub batch_rows: usize,
    /// Whether statements may read raw logs in place, wherever they lie.
    pub reads_raw: bool,
    /// Bytes of a value that a function makes; of a batch of rows, some dozens of times that.
    pub value_bytes_max: Option<u64>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            memory_bytes_max: MEMORY_BYTES_DEFAULT,
            rows_max: None,
            timeout: None,
            batch_rows: BATCH_ROWS_DEFAULT,
            reads_raw: true,
            value_bytes_max: None,
        }
    }
}

/// A session over a lake and over raw logs.
///
/// Statements may run at the same time. Tables that one makes, the others see.
#[derive(Debug)]
pub struct Engine {
    options: EngineOptions,
    shared: Arc<Shared>,
    raw: raw::Source,
    state: RwLock<SessionState>,
    workers: Workers,
}

impl Engine {
    /// Returns a session. Nothing is opened before a statement needs it.
    pub fn new(options: EngineOptions, lake: LakeSource, opener: Arc<dyn Opener>) -> Result<Self> {
        let failed = |it: DataFusionError| from_engine(&it, options.memory_bytes_max);
        let mut state = session::state(&options).map_err(failed)?;
        for (_, udf) in function::all() {
            datafusion::execution::FunctionRegistry::register_udf(&mut state, Arc::new(udf))
                .map_err(failed)?;
        }
        if let Some(bytes_max) = options.value_bytes_max {
            function::capped::limit(&mut state, bytes_max).map_err(failed)?;
        }
        let raw = raw::Source::new(opener);
        if options.reads_raw {
            state.register_udtf("flow_logs", Arc::new(raw::FlowLogs::new(raw.clone())));
        }
        let shared = Arc::new(Shared::new(LakeHandle::new(lake)));
        let workers = Workers::new(options.threads)?;
        Ok(Self { options, shared, raw, state: RwLock::new(state), workers })
    }

    /// Answers one statement.
    ///
    /// # Errors
    ///
    /// What is wrong with the statement or the world; what goes wrong later, while rows are read,
    /// comes out of the answer's stream.
    pub async fn run(&self, sql: &str) -> Result<Answer> {
        self.run_within(sql, self.bounds()).await
    }

    /// Answers one statement within bounds of its own rather than those of the session.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run).
    pub async fn run_within(&self, sql: &str, bounds: Bounds) -> Result<Answer> {
        self.run_in(sql, bounds, Scope::default()).await
    }

    async fn run_in(&self, sql: &str, bounds: Bounds, scope: Scope) -> Result<Answer> {
        let limits = Limits::new(bounds, Instant::now());
        if let Some(statement) = raw::ddl::parse(sql)? {
            return if bounds.is_query_only {
                Err(only_queries())
            } else {
                self.run_ddl(statement)
            };
        }
        let scope = Arc::new(scope);
        let context = self.context(&scope);
        let frame = limits.within(self.plan(&context, sql)).await??;
        if bounds.is_query_only && !asks_only(frame.logical_plan()) {
            return Err(only_queries());
        }
        let warnings = Arc::clone(&scope.warnings);
        let (plan, message) = self.execute(&context, frame).await?;
        let Some(frame) = plan else { return Ok(done(message)) };
        let schema = Arc::clone(frame.schema().inner());
        let is_query = returns_rows(frame.logical_plan());
        let frame = match (limits.rows_fetched(), is_query) {
            (Some(n_rows), true) => frame.limit(0, Some(n_rows)).map_err(|it| self.error(&it))?,
            _ => frame,
        };
        let plan = limits.within(frame.create_physical_plan()).await?;
        let plan = plan.map_err(|it| self.error(&it))?;
        let guess = scope.guess();
        if bounds.read_bytes_max.is_some_and(|it| guess.n_bytes > it) {
            return Err(Error::TooMuch { guess });
        }
        let reading = Reading::new(Arc::clone(&plan), Arc::clone(&scope));
        let batches = self.batches(plan, &context)?;
        let is_cut = Arc::new(AtomicBool::new(false));
        let batches = limit::limited(batches, limits, Arc::clone(&is_cut));
        Ok(Answer { schema, batches: batches.boxed(), message, is_cut, warnings, reading })
    }

    /// Begins to execute a plan.
    fn batches(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        context: &SessionContext,
    ) -> Result<BoxStream<'static, Result<RecordBatch>>> {
        let memory_bytes_max = self.options.memory_bytes_max;
        self.workers.stream(|| {
            let batches = execute_stream(plan, context.task_ctx()).map_err(|it| self.error(&it))?;
            Ok(batches.map(move |it| it.map_err(|it| from_engine(&it, memory_bytes_max))))
        })
    }

    /// Returns the plan of a statement as text; `is_analyze` runs it and tells what it did.
    pub async fn explain(&self, sql: &str, is_analyze: bool) -> Result<String> {
        let limits = Limits::new(self.bounds(), Instant::now());
        let scope = Arc::new(Scope::default());
        let context = self.context(&scope);
        let explained = async {
            let frame = self.plan(&context, sql).await?;
            let plan = frame.create_physical_plan().await.map_err(|it| self.error(&it))?;
            if is_analyze {
                // The rows are dropped: the metrics remain.
                let batches = self.batches(Arc::clone(&plan), &context)?;
                batches.try_for_each(|_| ready(Ok(()))).await?;
            }
            Ok(explain::text(plan.as_ref(), &scope, is_analyze))
        };
        limits.within(explained).await?
    }

    /// Answers one statement over a version of the lake that was looked at before.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run).
    pub async fn run_at(
        &self,
        sql: &str,
        bounds: Bounds,
        snapshot: Arc<Snapshot>,
    ) -> Result<Answer> {
        self.run_in(sql, bounds, Scope::at(snapshot)).await
    }

    /// Returns what evaluates a condition over rows of these columns.
    pub(crate) fn predicate(
        &self,
        sql: &str,
        schema: &Arc<Schema>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        let context = self.context(&Arc::default());
        let schema = DFSchema::try_from(Arc::clone(schema)).map_err(|it| self.error(&it))?;
        let condition = context.parse_sql_expr(sql, &schema).map_err(|it| self.error(&it))?;
        context.create_physical_expr(condition, &schema).map_err(|it| self.error(&it))
    }

    /// Returns the place of the lake's records.
    pub(crate) async fn flows(&self) -> Result<Place> {
        Ok(self.shared.lake.lake().await?.flows().clone())
    }

    /// Returns the threads that compute.
    pub(crate) fn workers(&self) -> &Workers {
        &self.workers
    }

    /// Returns what takes memory of all that the queries of the session may hold, and how much that is.
    pub(crate) fn memory(&self, name: &str) -> (MemoryReservation, usize) {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let pool = &state.runtime_env().memory_pool;
        (MemoryConsumer::new(name).register(pool), self.options.memory_bytes_max)
    }

    /// Returns the newest version of the lake.
    pub(crate) async fn newest(&self) -> Result<Arc<Snapshot>> {
        self.shared.lake.newest().await
    }

    /// Returns the words that `line` may go on with at `position`, and where the word that they
    /// complete begins.
    #[must_use]
    pub fn complete(&self, line: &str, position: usize) -> (usize, Vec<String>) {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        complete::complete(line, position, &self.shared.table_names(), &state)
    }

    /// Returns what a statement of the session may take.
    fn bounds(&self) -> Bounds {
        let EngineOptions { rows_max, timeout, .. } = self.options;
        Bounds { rows_max, timeout, ..Bounds::default() }
    }

    /// Returns a context for one statement.
    fn context(&self, scope: &Arc<Scope>) -> SessionContext {
        let mut state = self.state.read().unwrap_or_else(PoisonError::into_inner).clone();
        state.config_mut().set_extension(Arc::clone(scope));
        let catalogs = Catalogs::new(Arc::clone(&self.shared), Arc::clone(scope));
        state.register_catalog_list(Arc::new(catalogs));
        SessionContext::new_with_state(state)
    }

    async fn plan(&self, context: &SessionContext, sql: &str) -> Result<DataFrame> {
        let state = context.state();
        let sql = if is_show_tables(sql) { SHOW_TABLES } else { sql };
        let plan = state.create_logical_plan(sql).await.map_err(|it| self.error(&it))?;
        Ok(DataFrame::new(state, plan))
    }

    /// Does what a statement without rows asks for; returns the frame of one with rows.
    async fn execute(
        &self,
        context: &SessionContext,
        frame: DataFrame,
    ) -> Result<(Option<DataFrame>, Option<String>)> {
        let plan = frame.logical_plan();
        let message = match plan {
            LogicalPlan::Ddl(ddl) => match self.untouched(ddl)? {
                Some(message) => return Ok((None, Some(message))),
                None => Some(done_message(ddl)),
            },
            LogicalPlan::Statement(_) => None,
            _ => return Ok((Some(frame), None)),
        };
        let is_ddl = message.is_some();
        let plan = plan.clone();
        let executed = context.execute_logical_plan(plan).await.map_err(|it| self.error(&it))?;
        self.keep_state(context);
        let has_rows = !is_ddl && !executed.schema().fields().is_empty();
        Ok((has_rows.then_some(executed), message))
    }

    /// Returns what to say if there is nothing to do: what is to be made is there, or what is to be
    /// dropped is not, and the statement says that this is fine.
    fn untouched(&self, ddl: &DdlStatement) -> Result<Option<String>> {
        match ddl {
            DdlStatement::CreateExternalTable(it) => {
                self.before_making(it.name.table(), it.if_not_exists, it.or_replace)
            }
            DdlStatement::CreateMemoryTable(it) => {
                self.before_making(it.name.table(), it.if_not_exists, it.or_replace)
            }
            DdlStatement::CreateView(it) => {
                self.before_making(it.name.table(), false, it.or_replace)
            }
            DdlStatement::DropTable(it) => {
                self.before_dropping(it.name.table(), it.if_exists, "table")
            }
            DdlStatement::DropView(it) => {
                self.before_dropping(it.name.table(), it.if_exists, "view")
            }
            _ => Ok(None),
        }
    }

    fn before_making(
        &self,
        name: &str,
        is_if_not_exists: bool,
        is_or_replace: bool,
    ) -> Result<Option<String>> {
        let Some(kind) = self.shared.kind(name).map(kind_name) else { return Ok(None) };
        if is_if_not_exists {
            return Ok(Some(left_message(name, kind)));
        }
        if is_or_replace && !is_built_in(name) {
            return Ok(None);
        }
        Err(Error::Exists { name: name.to_owned(), kind })
    }

    fn before_dropping(
        &self,
        name: &str,
        is_if_exists: bool,
        wanted: &str,
    ) -> Result<Option<String>> {
        if is_built_in(name) {
            let hint = "only tables that were made in this session can be dropped".to_owned();
            let message = format!("`{name}` belongs to the lake and cannot be dropped");
            return Err(Error::sql(message, Some(hint)));
        }
        match self.shared.kind(name).map(kind_name) {
            None if is_if_exists => Ok(Some(format!("there is no {wanted} `{name}`"))),
            None => Err(Error::no_table(name, &self.shared.table_names())),
            Some(kind) if kind != wanted => {
                let hint = format!("say `DROP {}`", kind.to_uppercase());
                Err(Error::sql(format!("`{name}` is a {kind}"), Some(hint)))
            }
            Some(_) => Ok(None),
        }
    }

    fn run_ddl(&self, statement: raw::ddl::Statement) -> Result<Answer> {
        match statement {
            raw::ddl::Statement::Create(create) => {
                let is_if_not_exists = create.is_if_not_exists;
                if let Some(message) = self.before_making(&create.name, is_if_not_exists, false)? {
                    return Ok(done(Some(message)));
                }
                let message = format!("table `{}` reads {} in place", create.name, create.location);
                let table = raw::hive_table(self.raw.clone(), &create)?;
                self.shared.add(create.name, Arc::new(table));
                Ok(done(Some(message)))
            }
            raw::ddl::Statement::Partitions { name } => match self.shared.kind(&name) {
                None => Err(Error::no_table(&name, &self.shared.table_names())),
                Some(_) => Ok(done(Some(format!(
                    "nothing to do: the partitions of `{name}` are found by their paths"
                )))),
            },
        }
    }

    /// Keeps the settings and prepared statements that a statement has changed.
    fn keep_state(&self, context: &SessionContext) {
        let mut state = context.state();
        state.config_mut().set_extension(Arc::new(Scope::default()));
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn error(&self, error: &DataFusionError) -> Error {
        match from_engine(error, self.options.memory_bytes_max) {
            Error::NoTable { name, .. } => Error::no_table(&name, &self.shared.table_names()),
            other => other,
        }
    }
}

fn done(message: Option<String>) -> Answer {
    Answer {
        schema: Arc::new(Schema::empty()),
        batches: stream::empty().boxed(),
        message,
        is_cut: Arc::new(AtomicBool::new(false)),
        warnings: Arc::default(),
        reading: Reading::default(),
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use tidegate_store::Place;

    use super::*;

    #[derive(Debug)]
    struct Nowhere;

    #[async_trait]
    impl Opener for Nowhere {
        async fn open(&self, url: &url::Url) -> tidegate_store::Result<Place> {
            let reason = "nothing is opened here".to_owned();
            Err(tidegate_store::Error::Place { url: url.to_string(), reason })
        }
    }

    /// Runs `work` on threads with stacks that an unoptimised planner fits into.
    fn on_runtime(work: impl Future<Output = ()> + Send + 'static) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_stack_size(16 * 1024 * 1024)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async { tokio::spawn(work).await.unwrap() });
    }

    /// Waits until the queries hold no memory; who runs the tests ends what waits for minutes.
    async fn until_free(engine: &Engine) {
        let pool = Arc::clone(&engine.state.read().unwrap().runtime_env().memory_pool);
        while pool.reserved() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    #[test]
    fn a_join_whose_answer_is_dropped_gives_its_threads_back() {
        on_runtime(async {
            let options = EngineOptions { threads: 1, ..EngineOptions::default() };
            let engine = Engine::new(options, LakeSource::None, Arc::new(Nowhere)).unwrap();
            let ranges = ["a", "b", "c", "d", "e"].map(|it| format!("range(1000) AS {it}"));
            let sql = format!(
                "SELECT count(*) FROM {} WHERE a.value + b.value + c.value > d.value * e.value",
                ranges.join(", ")
            );
            let mut endless = engine.run(&sql).await.unwrap();
            let wait = Duration::from_millis(20);
            assert!(tokio::time::timeout(wait, endless.batches.next()).await.is_err());
            drop(endless);
            let mut answer = engine.run("SELECT 1").await.unwrap();
            assert_eq!(answer.batches.next().await.unwrap().unwrap().num_rows(), 1);
        });
    }

    #[test]
    fn a_query_whose_answer_is_dropped_gives_its_memory_back() {
        on_runtime(async {
            let options = EngineOptions { threads: 2, ..EngineOptions::default() };
            let engine = Engine::new(options, LakeSource::None, Arc::new(Nowhere)).unwrap();
            let sql = "SELECT value, count(*) OVER (ORDER BY value DESC) FROM range(300000)";
            let mut answer = engine.run(sql).await.unwrap();
            let first = answer.batches.next().await.unwrap().unwrap();
            assert!(first.num_rows() > 0);
            drop(answer);
            until_free(&engine).await;
        });
    }
}
