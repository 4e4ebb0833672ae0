package io.overlaybd.tools.doctor;

import java.io.IOException;
import java.util.List;

/** Looks at one subject, and leaves everything as it is. Run once, by one thread. */
interface Check {

    /** What is looked at, should nothing more be known. */
    String subject();

    /**
     * What was found, at least one finding.
     *
     * @throws IOException if it could not be looked at
     */
    List<Finding> look() throws IOException;
}
