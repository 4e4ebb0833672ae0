package io.overlaybd.testing.registry;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** What a {@link FaultProxy} does with a request instead of passing it on as it is. */
public sealed interface Fault {

    /** Answers itself. */
    record Answer(int status, Map<String, String> headers, byte[] body) implements Fault {}

    /** Answers itself with bytes, or the range of them that was asked for, as a well-behaved server would. */
    record Content(byte[] bytes) implements Fault {}

    /** Ends the connection with a TCP reset, before any answer. */
    record Reset() implements Fault {}

    /** Never answers, and keeps the connection until the client gives up. */
    record Stall() implements Fault {}

    /**
     * Passes on, and changes what comes back; -1 means never.
     *
     * @param dropRange whether upstream does not get to see the Range, so that it sends all
     * @param headers headers of the answer that are set; null removes one
     * @param cutAt at which byte of the body the connection ends
     * @param stallAt at which byte of the body nothing more comes
     * @param flipAt which byte of the body is changed
     */
    record Tamper(boolean dropRange, Map<String, String> headers, long cutAt, long stallAt, long flipAt)
            implements Fault {}

    /** Waits until the latch is open, for at most 20 s, then does what {@code then} says, null to pass on. */
    record Hold(CountDownLatch latch, Fault then) implements Fault {}

    /** Answers with a status and headers, given as name, value, name, value... */
    static Fault status(int status, String... headers) {
        return new Answer(status, pairs(headers), new byte[0]);
    }

    /** Redirects. */
    static Fault redirect(int status, String location) {
        return status(status, "Location", location);
    }

    /** Ends the connection after so many bytes of the body. */
    static Fault cut(long afterBytes) {
        return new Tamper(false, Map.of(), afterBytes, -1, -1);
    }

    /** Sends no more after so many bytes of the body. */
    static Fault stallAfter(long bytes) {
        return new Tamper(false, Map.of(), -1, bytes, -1);
    }

    /** Changes one byte of the body. */
    static Fault flip(long atByte) {
        return new Tamper(false, Map.of(), -1, -1, atByte);
    }

    /** Lets upstream answer with all, status 200, where a range was asked for. */
    static Fault ignoreRange() {
        return new Tamper(true, Map.of(), -1, -1, -1);
    }

    /** Sets headers of the answer, given as name, value, name, value... */
    static Fault headers(String... headers) {
        return new Tamper(false, pairs(headers), -1, -1, -1);
    }

    private static Map<String, String> pairs(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
