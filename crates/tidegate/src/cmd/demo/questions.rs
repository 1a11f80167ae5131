//! The classic questions to flow logs, as SQL.

/// One question.
pub(super) struct Question {
    /// What people ask.
    pub(super) title: &'static str,
    /// How to ask it.
    pub(super) sql: &'static str,
}

/// The questions, in the order in which they are asked.
pub(super) const QUESTIONS: [Question; 8] = [
    Question {
        title: "Who talks most to whom?",
        sql: "SELECT srcaddr, dstaddr, sum(bytes) AS bytes, sum(packets) AS packets
FROM flows WHERE flow_direction = 'egress'
GROUP BY 1, 2 ORDER BY bytes DESC LIMIT 5",
    },
    Question {
        title: "Who is turned away most?",
        sql: "SELECT srcaddr, count(*) AS rejects, count(DISTINCT dstaddr) AS hosts,
       count(DISTINCT dstport) AS ports
FROM flows WHERE action = 'REJECT'
GROUP BY 1 ORDER BY rejects DESC LIMIT 5",
    },
    Question {
        title: "Who tries SSH and RDP from outside?",
        sql: "SELECT srcaddr, service_name(dstport) AS service, action,
       count(*) AS attempts, count(DISTINCT dstaddr) AS hosts
FROM flows WHERE dstport IN (22, 3389) AND NOT is_private(srcaddr)
GROUP BY 1, 2, 3 ORDER BY attempts DESC LIMIT 5",
    },
    Question {
        title: "Who scans ports?",
        sql: "SELECT srcaddr, dstaddr, count(DISTINCT dstport) AS ports,
       min(start) AS first
FROM flows WHERE action = 'REJECT'
GROUP BY 1, 2 ORDER BY ports DESC LIMIT 5",
    },
    Question {
        title: "Who uploads most to the Internet?",
        sql: "SELECT srcaddr, dstaddr, sum(bytes) AS bytes, min(start) AS first
FROM flows WHERE is_private(srcaddr) AND NOT is_private(dstaddr)
  AND srcport > 1024 AND srcaddr = pkt_srcaddr
GROUP BY 1, 2 ORDER BY bytes DESC LIMIT 5",
    },
    Question {
        title: "How does the day go?",
        sql: "SELECT time_bucket('3 hours', start) AS hour, count(*) AS records,
       sum(bytes) AS bytes,
       count(*) FILTER (WHERE action = 'REJECT') AS rejects
FROM flows GROUP BY 1 ORDER BY 1",
    },
    Question {
        title: "Who serves HTTPS?",
        sql: "SELECT dstaddr, count(DISTINCT srcaddr) AS clients, sum(packets) AS packets
FROM flows
WHERE dstport = 443 AND action = 'ACCEPT' AND flow_direction = 'ingress'
GROUP BY 1 ORDER BY clients DESC LIMIT 5",
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
