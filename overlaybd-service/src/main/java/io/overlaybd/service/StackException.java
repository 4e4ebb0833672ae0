package io.overlaybd.service;

import java.io.IOException;

/** Layers that cannot be opened: what the caller is told of all of them, and what the result file says. */
final class StackException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String result;

    StackException(String message, String result, LayerException first) {
        super(message, first);
        this.result = result;
    }

    /** One text without an end of line. */
    String result() {
        return result;
    }
}
