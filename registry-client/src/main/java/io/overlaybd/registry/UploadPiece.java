package io.overlaybd.registry;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;

/** Sends a piece of a blob. Answers with where the next one goes. */
final class UploadPiece implements Endpoint<HttpUrl> {

    private static final Pattern RECEIVED = Pattern.compile("(?:bytes=)?0-(\\d{1,18})");

    private final Transport transport;
    private final HttpUrl location;
    private final SourceBody piece;

    UploadPiece(Transport transport, HttpUrl location, SourceBody piece) {
        this.transport = transport;
        this.location = location;
        this.piece = piece;
    }

    @Override
    public String action() {
        return "upload bytes " + piece.offsetBytes() + "-" + (piece.endBytes() - 1);
    }

    @Override
    public String method() {
        return "PATCH";
    }

    @Override
    public HttpUrl url() {
        return location;
    }

    @Override
    public RequestBody body() {
        return piece;
    }

    @Override
    public void addHeaders(Request.Builder request) {
        request.header("Content-Range", piece.offsetBytes() + "-" + (piece.endBytes() - 1));
    }

    @Override
    public Optional<HttpUrl> take(Answer answer) throws IOException {
        if (answer.status() != 202) {
            return Optional.empty();
        }
        Matcher received = RECEIVED.matcher(answer.header("Range") == null ? "" : answer.header("Range"));
        if (received.matches() && Long.parseLong(received.group(1)) != piece.endBytes() - 1) {
            throw FailedAttempt.protocol("the registry received another part of the upload: expected 0-"
                    + (piece.endBytes() - 1) + ", found " + received.group());
        }
        return Optional.of(transport.resolve(location, answer));
    }
}
