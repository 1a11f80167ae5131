//! The classic questions to flow logs, as SQL.

/// One question.
pub(super) struct Question {
    /// What people ask.
    pub(super) title: &'static str,
    /// How to ask it.
    pub(super) sql: &'static str,
}

/// The questions, in the order in which they are asked.
pub(super) const QUESTIONS: [Question; 9] = [
    Question {
        title: "Who asks whom for what, and how much really crosses the network?",
        sql: "SELECT client_addr, server_addr, service_name(server_port) AS service,
       sum(bytes) AS bytes
FROM flows WHERE counted
GROUP BY 1, 2, 3 ORDER BY bytes DESC LIMIT 5",
    },
    Question {
        title: "Who is turned away most?",
        sql: "SELECT srcaddr, src_country_code AS country, src_as_name AS network,
       count(*) AS rejects, count(DISTINCT dstaddr) AS hosts
FROM flows WHERE action = 'REJECT' AND direction = 'ingress'
GROUP BY 1, 2, 3 ORDER BY rejects DESC LIMIT 5",
    },
    Question {
        title: "Who tries SSH and RDP from outside?",
        sql: "SELECT client_addr, src_country_code AS country,
       service_name(dstport) AS service, action, count(*) AS attempts
FROM flows WHERE initiator = 'src' AND direction = 'ingress'
  AND dstport IN (22, 3389) AND NOT is_private(srcaddr)
GROUP BY 1, 2, 3, 4 ORDER BY attempts DESC LIMIT 5",
    },
    Question {
        title: "Who scans ports?",
        sql: "SELECT srcaddr, dstaddr, count(DISTINCT dstport) AS ports,
       min(start) AS first
FROM flows WHERE action = 'REJECT' AND initiator = 'src'
GROUP BY 1, 2 ORDER BY ports DESC LIMIT 5",
    },
    Question {
        title: "Which security groups answer the Internet, and on which ports?",
        sql: "SELECT name, dstport, count(DISTINCT srcaddr) AS clients,
       count(DISTINCT src_country_code) AS countries
FROM (SELECT unnest(security_group_ids) AS id, * FROM flows) AS seen
JOIN security_groups USING (id)
WHERE direction = 'ingress' AND initiator = 'src' AND action = 'ACCEPT'
  AND NOT is_private(srcaddr)
GROUP BY 1, 2 ORDER BY clients DESC LIMIT 5",
    },
    Question {
        title: "What do our own upload to the Internet?",
        sql: "SELECT srcaddr, dstaddr, dst_country_code AS country,
       sum(bytes) AS bytes, min(start) AS first
FROM flows WHERE counted AND initiator = 'src' AND direction = 'egress'
  AND NOT is_private(dstaddr)
GROUP BY 1, 2, 3 ORDER BY bytes DESC LIMIT 5",
    },
    Question {
        title: "How does the day go?",
        sql: "SELECT time_bucket('3 hours', start) AS hour, count(*) AS records,
       sum(bytes) FILTER (WHERE counted) AS bytes,
       count(*) FILTER (WHERE action = 'REJECT') AS rejects
FROM flows GROUP BY 1 ORDER BY 1",
    },
    Question {
        title: "Why is traffic rejected?",
        sql: "SELECT reject_cause, direction, count(*) AS records,
       count(DISTINCT interface_id) AS interfaces
FROM flows WHERE action = 'REJECT'
GROUP BY 1, 2 ORDER BY records DESC LIMIT 5",
    },
    Question {
        title: "Which interfaces saw nothing?",
        sql: "SELECT interface_id, count(*) AS intervals, max(\"end\") AS last
FROM flows WHERE log_status = 'NODATA'
GROUP BY 1 ORDER BY intervals DESC LIMIT 5",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns of the narrowest window that is cared for, without the indentation.
    const LINE_MAX: usize = 77;

    #[test]
    fn every_question_fits_a_window_of_80_columns() {
        for question in &QUESTIONS {
            for line in question.sql.lines() {
                assert!(line.len() <= LINE_MAX, "{line}");
            }
        }
    }
}
