package io.overlaybd.service.api;

import java.nio.charset.StandardCharsets;

/** What a request for a snapshot is answered with, to the byte as the original does it, the odd character included. */
enum SnapshotAnswer {
    CREATED(200, "Snapshot created successfully"),
    INCOMPLETE(400, "Missing dev_id or config in snapshot request"),
    UNKNOWN(404, "Image file not found"),
    FAILED(500, "Failed to create snapshot`");

    private final int status;
    private final String message;

    SnapshotAnswer(int status, String message) {
        this.status = status;
        this.message = message;
    }

    int status() {
        return status;
    }

    byte[] body() {
        String indent = " ".repeat(8);
        String text = "{\n" + indent + "\"success\": " + (this == CREATED) + ",\n" + indent + "\"message\": \""
                + message + "\"\n}";
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
