package io.overlaybd.registry;

import okhttp3.HttpUrl;

/**
 * What an operation is about, for its error messages.
 *
 * @param action what is being tried, to be read after "cannot"
 * @param url what it is tried on
 * @param credentials where credentials come from
 */
record Purpose(String action, HttpUrl url, String credentials) {}
