namespace Lazuli.Gateway;

/// <summary>A stream failed after it began, and its client was told by an error frame.</summary>
/// <remarks>
/// Reaches the web server on purpose: it then closes the connection behind what was written, without the mark of a complete answer.
/// Aborting the connection ourselves would throw away the frame that is still on its way.
/// </remarks>
internal sealed class StreamBrokenException(OpenAiError error, Exception cause) : Exception(error.Message, cause);
