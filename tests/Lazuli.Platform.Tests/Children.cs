using System.Runtime.CompilerServices;
using Lazuli.Contracts;
using Lazuli.Registry;
using Lazuli.Storage;
using Lazuli.Testing;

namespace Lazuli.Platform.Tests;

/// <summary>What this program does when a test starts it as a child.</summary>
internal static class Children
{
    public const string HoldHome = "hold-home";
    public const string WriteForever = "write-forever";
    public const string WriteUntilFull = "write-until-full";
    public const string WriteBlob = "write-blob";
    public const string AdmitForever = "admit-forever";
    public const string AppendForever = "append-forever";

    /// <summary>Entries that <see cref="AppendForever"/> adds at most at once.</summary>
    public const int LargestAppend = 300;

    [ModuleInitializer]
    internal static void RunIfAsked() => ChildProgram.RunIfAsked(new Dictionary<string, Func<string, int>>
    {
        [HoldHome] = home =>
        {
            using HomeLock held = HomeLock.Acquire(new LazuliHome(home), HomeUse.Work);
            Console.WriteLine("held");
            Console.ReadLine();
            new ManualResetEvent(initialState: false).WaitOne();
            return 0;
        },
        [AdmitForever] = Billing.AdmissionKillTests.AdmitForever,
        [WriteForever] = path =>
        {
            using LazuliDatabase database = LazuliDatabase.Open(path, TimeSpan.FromSeconds(30), TimeProvider.System);
            var registry = new ModelRegistry(database);
            for (int i = registry.ListDataSetsAsync(default).Result.Count; ; i++)
            {
                registry.RegisterDataSetAsync(Samples.DataSet(i), default).Wait();
                Console.WriteLine(i);
            }
        },
        [WriteUntilFull] = path =>
        {
            using LazuliDatabase database = LazuliDatabase.Open(path, TimeSpan.FromSeconds(30), TimeProvider.System);
            var registry = new ModelRegistry(database);
            for (int i = 0; ; i++)
            {
                try
                {
                    registry.RegisterDataSetAsync(Samples.DataSet(i), default).GetAwaiter().GetResult();
                    Console.WriteLine(i);
                }
                catch (StorageFailedException e)
                {
                    Console.WriteLine($"{e.Code} {e.IsFull} {e.Message}");

                    // Reading goes on.
                    Console.WriteLine(registry.ListDataSetsAsync(default).Result.Count);
                    return 3;
                }
            }
        },
        [AppendForever] = folder =>
        {
            using TransparencyLog log = TransparencyLog.Open(Path.Combine(folder, "log"), Path.Combine(folder, "keys"), LogSamples.Name);
            for (int count = 1; ; count = (count * 7 % LargestAppend) + 1)
            {
                var entries = new ReadOnlyMemory<byte>[count];
                for (int i = 0; i < count; i++)
                {
                    entries[i] = LogSamples.Entry(log.Size + i);
                }

                log.AppendAsync(entries, default).GetAwaiter().GetResult();
                Console.WriteLine(log.Size);
            }
        },
        [WriteBlob] = folder =>
        {
            try
            {
                new BlobStore(folder).WriteAsync(new MemoryStream(new byte[1 << 20]), default).GetAwaiter().GetResult();
                return 0;
            }
            catch (IOException e)
            {
                Console.WriteLine(e.Message);
                return 3;
            }
        },
    });
}
