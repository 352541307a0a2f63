package dev.ratelimit.examples.gateway;

/** Whether a gateway keeps its backend's answers, and what an answer that was kept costs the client. */
public enum Caching {
    /** Nothing is kept. */
    OFF,
    /** A fresh answer that was kept costs no quota; whatever may need the backend does. Limits count either way. */
    HITS_ARE_FREE,
    /** Every answer costs quota, wherever it comes from. */
    HITS_CONSUME_QUOTA
}
