/**
 * The server: sockets, connections, and the commands that read and write a {@link io.overlaybd.io.BlockDevice}.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.nbd.server.NbdServer} listens. A connection is a netty pipeline: first
 * {@code Handshake} (what was agreed comes out as an {@code Agreement}), then {@code RequestDecoder}, at the end {@code
 * LastWord}, which says once why a connection ended. {@code Conversation} is the state of one connection: what is under
 * way; an {@code Allowance} out of the {@code MemoryBudget} of all says how much memory that may hold. {@code CommandTable}
 * has one handler for each command.
 *
 * <p><b>Threads.</b> Everything of a connection happens on its event loop, without locks. Only {@code PieceReader},
 * {@code IncomingWrite}, {@code Offloaded} and {@code CacheCommand} leave it, for what may block: that runs on {@code
 * DeviceWorkers}, and the results come back as tasks of the loop. What is written goes through {@code SectorWriter}.
 *
 * <p><b>What it may import.</b> {@code protocol}, {@code overlaybd-io}, netty, slf4j.
 *
 * <p><b>Where to start.</b> {@code Conversation}, then {@code ReadCommand}.
 */
package io.overlaybd.nbd.server;
