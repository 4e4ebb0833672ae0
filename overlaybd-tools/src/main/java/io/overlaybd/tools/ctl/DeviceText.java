package io.overlaybd.tools.ctl;

import com.fasterxml.jackson.databind.JsonNode;

/** What a daemon knows of a device, in lines for a human. Stateless. */
final class DeviceText {

    private static final long PERCENT = 100;

    private DeviceText() {}

    /** Indented lines; none if the daemon knows nothing. */
    static String of(JsonNode device) {
        if (device.isMissingNode()) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        if (!device.path("serving").asBoolean()) {
            text.append("  its image is not open: commands are answered with NOT READY\n");
        }
        text.append("  ").append(device.path("reads").asLong()).append(" reads, ");
        text.append(device.path("writes").asLong()).append(" writes, ");
        text.append(device.path("failedReads").asLong()
                        + device.path("failedWrites").asLong())
                .append(" failed, ");
        text.append(device.path("inFlight").asLong()).append(" waiting\n");
        if (device.has("problem")) {
            text.append("  ").append(device.path("problem").asText()).append("\n");
        }
        int number = 0;
        for (JsonNode layer : device.path("layers")) {
            text.append("  layer ")
                    .append(number++)
                    .append(": ")
                    .append(layer(layer))
                    .append("\n");
        }
        if (device.has("upper")) {
            text.append("  upper: ")
                    .append(device.path("upper").path("data").asText())
                    .append("\n");
        }
        return text.toString();
    }

    private static String layer(JsonNode layer) {
        if (layer.has("file")) {
            return layer.path("file").asText();
        }
        String text =
                layer.path("registry").asText() + "/" + layer.path("digest").asText() + ", "
                        + layer.path("cachedBytes").asLong() + " bytes cached";
        JsonNode download = layer.path("download");
        if (download.isMissingNode()) {
            return text;
        }
        long total = download.path("totalBytes").asLong();
        long done = total == 0 ? 0 : PERCENT * download.path("doneBytes").asLong() / total;
        return text + ", download " + download.path("state").asText() + ", " + done + " %";
    }
}
