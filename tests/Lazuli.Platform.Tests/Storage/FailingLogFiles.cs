using Lazuli.Storage;

namespace Lazuli.Platform.Tests;

/// <summary>Files of a log on a disk that fails at a given write, as at a crash or when it is full.</summary>
internal sealed class FailingLogFiles(string folder) : LogFiles(folder)
{
    /// <summary>Writes that go well before one fails; negative for all.</summary>
    public int WritesLeft { get; set; } = -1;

    /// <summary>Whether the failing write happened all the same.</summary>
    public bool Happens { get; set; }

    public override void Write(string path, ReadOnlySpan<byte> bytes, bool settle)
    {
        if (WritesLeft-- == 0)
        {
            if (Happens)
            {
                base.Write(path, bytes, settle);
            }

            throw new IOException("No space left on device");
        }

        base.Write(path, bytes, settle);
    }
}
