package io.overlaybd.service.http;

import java.nio.charset.StandardCharsets;

/**
 * What a request is answered with. Immutable, if nobody changes the body.
 *
 * @param status code of HTTP
 * @param contentType empty if there is no body
 */
public record HttpAnswer(int status, String contentType, byte[] body) {

    private static final String TEXT = "text/plain; charset=utf-8";

    /** Words for a human, with an end of line. */
    public static HttpAnswer text(int status, String text) {
        return new HttpAnswer(status, TEXT, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** A JSON value. */
    public static HttpAnswer json(int status, String json) {
        return new HttpAnswer(status, "application/json", (json + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private String reason() {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 409 -> "Conflict";
            case 431 -> "Request Header Fields Too Large";
            case 503 -> "Service Unavailable";
            case 505 -> "HTTP Version Not Supported";
            default -> status < 500 ? "Refused" : "Internal Server Error";
        };
    }

    /** Status line and header; the connection ends with the answer. */
    byte[] head() {
        String type = contentType.isEmpty() ? "" : "Content-Type: " + contentType + "\r\n";
        String head = "HTTP/1.1 " + status + " " + reason() + "\r\n" + type + "Content-Length: " + body.length
                + "\r\nConnection: close\r\n\r\n";
        return head.getBytes(StandardCharsets.US_ASCII);
    }
}
