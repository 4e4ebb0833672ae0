package io.overlaybd.tools.doctor;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** A clock that is years behind makes every certificate invalid. */
record ClockCheck(InstantSource clock) implements Check {

    /** No machine that has this program is older. */
    private static final Instant EARLIEST = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public String subject() {
        return "clock";
    }

    @Override
    public List<Finding> look() {
        Instant now = clock.instant();
        return List.of(
                now.isBefore(EARLIEST)
                        ? Finding.fail(
                                subject(),
                                now + " is before this program was made: certificates will seem not to be valid yet",
                                "timedatectl set-ntp true")
                        : Finding.ok(subject(), now.toString()));
    }
}
