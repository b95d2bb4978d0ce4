using System.Globalization;
using System.Text;

namespace Lazuli.Storage;

/// <summary>The exclusive right to work in a <see cref="LazuliHome"/>, held until disposed.</summary>
/// <remarks>
/// The operating system holds the lock for the open file, so it ends with the process however that ends, <c>kill -9</c> included.
/// The holder's process id stands in a second file, because the first cannot be opened while it is locked; that file is a note for
/// people and decides nothing.
/// </remarks>
public sealed class HomeLock : IDisposable
{
    private readonly FileStream _lock;
    private readonly string _holderPath;

    private HomeLock(FileStream held, string holderPath)
    {
        _lock = held;
        _holderPath = holderPath;
    }

    /// <summary>Takes the folder, making it when it does not exist.</summary>
    /// <exception cref="HomeInUseException">Another process holds it, or this one already does.</exception>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static HomeLock Acquire(LazuliHome home)
    {
        Directory.CreateDirectory(home.Root);
        string path = Path.Combine(home.Root, "lazuli.lock");
        string holderPath = Path.Combine(home.Root, "lazuli.pid");
        FileStream held;
        try
        {
            held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException) && File.Exists(path))
        {
            throw new HomeInUseException(home.Root, ReadHolder(holderPath), e);
        }

        try
        {
            File.WriteAllText(holderPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), Encoding.ASCII);
            return new HomeLock(held, holderPath);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Gives the folder back.</summary>
    public void Dispose()
    {
        if (_lock.CanRead)
        {
            // Before the lock goes: afterwards the note could be the next holder's.
            File.Delete(_holderPath);
            _lock.Dispose();
        }
    }

    private static int? ReadHolder(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(path, Encoding.ASCII), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The lock alone decides; without its note the message only says less.
            return null;
        }
    }
}
