"""The published tables, each declared once: DDL, comments and the audit's checks are derived.

The first line of a model's docstring is the table's grain and its comment in the database.
"""

import pandera.pandas as pa

from schemas.published.continuity import (
    MembershipEvents,
    PastMemberships,
    SegmentHistory,
    SegmentLifetimes,
    SegmentMoves,
    SegmentTransitions,
)
from schemas.published.customers import (
    AudienceMembers,
    Audiences,
    CustomerMap,
    CustomerSegments,
    CustomersTable,
    ScoredCustomers,
)
from schemas.published.drift import Drift, DriftBins, SegmentDrift
from schemas.published.models import Components, Encodings, Features, KScores, Loadings, Models
from schemas.published.runs import RejectedRows, Runs
from schemas.published.segments import (
    Centroids,
    ColumnAssociations,
    SegmentRules,
    Segments,
    SegmentStats,
    TierStats,
)

#: Table name -> model, in the order a reader would open them.
PUBLISHED: dict[str, type[pa.DataFrameModel]] = {
    "runs": Runs,
    "customers": CustomersTable,
    "customer_segments": CustomerSegments,
    "customer_map": CustomerMap,
    "segments": Segments,
    "segment_transitions": SegmentTransitions,
    "segment_lifetimes": SegmentLifetimes,
    "past_memberships": PastMemberships,
    "segment_stats": SegmentStats,
    "segment_rules": SegmentRules,
    "tier_stats": TierStats,
    "k_scores": KScores,
    "encodings": Encodings,
    "models": Models,
    "drift": Drift,
    "drift_bins": DriftBins,
    "segment_drift": SegmentDrift,
    "components": Components,
    "loadings": Loadings,
    "column_associations": ColumnAssociations,
    "features": Features,
    "centroids": Centroids,
    "rejected_rows": RejectedRows,
    "scored_customers": ScoredCustomers,
    "audiences": Audiences,
    "audience_members": AudienceMembers,
}

#: Tables that the schema ``history`` has of earlier runs, with run_id and as_of.
HISTORY = ("segments", "segment_stats", "k_scores", "drift")

#: View name -> model; ``warehouse/sql/views`` has their queries.
VIEWS: dict[str, type[pa.DataFrameModel]] = {
    "segment_history": SegmentHistory,
    "segment_moves": SegmentMoves,
    "membership_events": MembershipEvents,
}

#: Macro name -> its comment.
MACROS = {
    "score_customer": "The segment of a customer, its distance, and the next nearest, as in customer_segments; of the "
    "columns of customers, in their order",
}
