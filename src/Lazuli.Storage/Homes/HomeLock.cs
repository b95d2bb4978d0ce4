using System.Globalization;
using System.Text;

namespace Lazuli.Storage;

/// <summary>The exclusive right to work in a <see cref="LazuliHome"/>, held until disposed.</summary>
/// <remarks>
/// The operating system holds the lock for the open file, so it ends with the process however that ends, <c>kill -9</c> included.
/// The holder's process id and its use of the home stand in a second file, a line each, because the first cannot be opened while it is
/// locked; that file is a note, and never decides who holds.
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

    /// <summary>Takes the folder, making it when it does not exist, and notes what for.</summary>
    /// <exception cref="HomeInUseException">Another process holds it, or this one already does.</exception>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static HomeLock Acquire(LazuliHome home, HomeUse use)
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
            (int? holder, HomeUse? holderUse) = ReadHolder(holderPath);
            throw new HomeInUseException(home.Root, holder, holderUse, e);
        }

        try
        {
            File.WriteAllText(holderPath, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n{use}\n"), Encoding.ASCII);
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

    private static (int? ProcessId, HomeUse? Use) ReadHolder(string path)
    {
        try
        {
            string[] lines = File.ReadAllLines(path, Encoding.ASCII);
            int? holder = lines.Length > 0 && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;
            HomeUse? use = lines.Length > 1 && Enum.TryParse(lines[1], out HomeUse told) && Enum.IsDefined(told) ? told : null;
            return (holder, use);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The lock alone decides; without its note the message only says less.
            return (null, null);
        }
    }
}
