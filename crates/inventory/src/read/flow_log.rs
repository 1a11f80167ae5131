//! Flow logs.

use tidegate_model::inventory::FlowLog;

use super::item::Item;
use super::{Context, Reader};

/// Seconds of an interval if nobody says otherwise (`CreateFlowLogs` in the EC2 API Reference).
const INTERVAL_S: i64 = 600;

/// Reads an item of `describe-flow-logs`.
pub(super) fn read(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) -> Option<()> {
    let flow_log = flow_log(reader, item)?;
    let made_us = flow_log.created_us;
    reader.add(context, flow_log, made_us);
    Some(())
}

/// Returns the flow log that an item describes.
pub(super) fn flow_log(reader: &mut Reader<'_>, item: &Item<'_>) -> Option<FlowLog> {
    let interval_s = item.int("MaxAggregationInterval").unwrap_or(INTERVAL_S);
    Some(FlowLog {
        id: item.first_id(&["FlowLogId", "Id"], reader)?,
        resource_id: item.text("ResourceId"),
        traffic_type: item.text("TrafficType"),
        status: item.text("FlowLogStatus"),
        deliver_status: item.text("DeliverLogsStatus"),
        deliver_error: item.text("DeliverLogsErrorMessage"),
        destination_type: item.text("LogDestinationType"),
        destination: item.first_text(&["LogDestination", "LogGroupName"]),
        log_format: item.text("LogFormat"),
        aggregation_interval_s: i32::try_from(interval_s).unwrap_or(i32::MAX),
        created_us: item.time("CreationTime", reader),
        tags: item.tags(&["Tags"]),
        ..FlowLog::default()
    })
}
