package io.overlaybd.service;

import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.registry.RegistryException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;

/**
 * A layer that cannot be opened. The message says what is wrong and what to do; the summary says it in the words of the
 * original, which programs that read result files look for:
 *
 * <pre>
 *  failed to open remote file {url}: {reason}      failed to open switch file {url or path}
 *  failed to open local file {path}                empty repoBlobUrl
 *  failed to open layer
 * </pre>
 */
final class LayerException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String summary;
    private final String resource;

    private LayerException(String summary, String resource, String message, Throwable cause) {
        super(message, cause);
        this.summary = summary;
        this.resource = resource;
    }

    /** A layer that no place is left to look for. */
    static LayerException nowhere(String message) {
        return new LayerException("failed to open layer", "", message, null);
    }

    /** A layer of the registry, for which the config names none. */
    static LayerException withoutRepository(String message) {
        return new LayerException("empty repoBlobUrl", "", message, null);
    }

    /** A local file that is no layer or cannot be read. */
    static LayerException local(Path path, IOException cause) {
        boolean corrupt = cause instanceof CorruptFormatException;
        String advice = corrupt
                ? "fetch or build this layer again"
                : "see that it is a layer file and that this user may read it";
        String summary = "failed to open " + (corrupt ? "switch" : "local") + " file " + path;
        return new LayerException(summary, path.toString(), named(path.toString(), cause) + "; " + advice, cause);
    }

    /** A blob that is no layer or cannot be read. */
    static LayerException remote(String url, IOException cause) {
        String message = named(url, cause);
        if (cause instanceof CorruptFormatException) {
            return new LayerException(
                    "failed to open switch file " + url,
                    url,
                    message + "; the registry has other bytes than a layer, push this layer again",
                    cause);
        }
        return new LayerException("failed to open remote file " + url + ": " + reason(cause), url, message, cause);
    }

    /** The same, told together with why the local copy was of no use. */
    LayerException after(LayerException local) {
        LayerException both = new LayerException(
                summary, resource, getMessage() + " (before: " + local.getMessage() + ")", getCause());
        both.addSuppressed(local);
        return both;
    }

    private static String named(String resource, IOException cause) {
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return message.contains(resource) ? message : resource + ": " + message;
    }

    /** One of the original's words for it. */
    private static String reason(IOException cause) {
        if (!(cause instanceof RegistryException failure)) {
            return cause instanceof InterruptedIOException ? "Interrupted" : "Input/output error";
        }
        return switch (failure.kind()) {
            case UNAUTHORIZED, FORBIDDEN -> "Authentication failed";
            case NOT_FOUND -> "No such file or directory";
            case RATE_LIMITED -> "Too many requests";
            case PROTOCOL -> "Unexpected response";
            case TLS -> "Connection failed";
            case UNAVAILABLE -> unavailable(failure);
        };
    }

    private static String unavailable(RegistryException failure) {
        if (failure.status() != 0) {
            return "Unexpected response";
        }
        return failure.getCause() instanceof InterruptedIOException ? "Get meta timedout" : "Connection failed";
    }

    /** Summary and message as one text, in which the resource is named once. */
    String result(int layer) {
        String own = resource + ": ";
        String detail = getMessage().startsWith(own) ? getMessage().substring(own.length()) : getMessage();
        return summary + "; layer " + layer + ": " + detail;
    }
}
