package io.overlaybd.nbd.server;

/** The event that asks a connection to take no more requests, answer those it has, and close. */
enum Drain {
    NOW
}
