package io.overlaybd.service.download;

import java.nio.file.Path;

/**
 * One download at one moment. Immutable.
 *
 * @param digest of the blob
 * @param directory where the file will be
 * @param doneBytes how much of it is there
 * @param totalBytes length of the blob; 0 before it is known
 */
public record DownloadStatus(String digest, Path directory, DownloadState state, long doneBytes, long totalBytes) {}
