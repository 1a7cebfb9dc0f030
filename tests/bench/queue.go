// SPDX-License-Identifier: GPL-3.0-or-later

// The workload of `millrace-cli bench queue` on Go's buffered channel: goroutines that send pointers to items
// made beforehand, and goroutines that receive them. A warm-up, the pass that is timed, then a shorter one in
// which each item is stamped, for the hand-over times.
package main

import (
	"encoding/json"
	"flag"
	"os"
	"sort"
	"sync"
	"time"
)

type item struct {
	stamp time.Time
}

type options struct {
	producers, consumers, maxsize, items int
}

// pass returns how long it took and, if stamped, how long each item took from hand to hand.
func pass(o options, items int, stamped bool) (time.Duration, []time.Duration) {
	channel := make(chan *item, o.maxsize)
	times := make([][]time.Duration, o.consumers)
	var producers, consumers sync.WaitGroup
	var start = make(chan struct{})
	own := 2*o.maxsize + 2 // none is sent again while it is still in the channel
	if stamped {
		own = items
	}
	pool := make([]item, own*o.producers)
	consumers.Add(o.consumers)
	for c := 0; c < o.consumers; c++ {
		go func(c int) {
			defer consumers.Done()
			<-start
			for it := range channel {
				if stamped {
					times[c] = append(times[c], time.Since(it.stamp))
				}
			}
		}(c)
	}
	producers.Add(o.producers)
	for p := 0; p < o.producers; p++ {
		n := items / o.producers
		if p < items%o.producers {
			n++
		}
		go func(mine []item) {
			defer producers.Done()
			<-start
			for i, slot := 0, 0; i < n; i++ {
				it := &mine[slot]
				if slot++; slot == len(mine) {
					slot = 0
				}
				if stamped {
					it.stamp = time.Now()
				}
				channel <- it
			}
		}(pool[p*own : (p+1)*own])
	}
	began := time.Now()
	close(start)
	producers.Wait()
	close(channel)
	consumers.Wait()
	took := time.Since(began)
	var all []time.Duration
	for _, some := range times {
		all = append(all, some...)
	}
	return took, all
}

func percentiles(times []time.Duration) map[string]float64 {
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	at := func(share float64) float64 {
		return float64(times[int(share*float64(len(times)-1))].Nanoseconds()) / 1e6
	}
	return map[string]float64{"p50": at(.5), "p95": at(.95), "p99": at(.99), "max": at(1)}
}

func main() {
	var o options
	flag.IntVar(&o.producers, "producers", 1, "goroutines that send")
	flag.IntVar(&o.consumers, "consumers", 8, "goroutines that receive")
	flag.IntVar(&o.maxsize, "maxsize", 1000, "the channel's buffer")
	flag.IntVar(&o.items, "items", 2000000, "items in all")
	flag.Parse()
	pass(o, o.items/10+1, false)
	took, _ := pass(o, o.items, false)
	_, times := pass(o, o.items/20+1, true)
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"contestant":       "Go channel",
		"items":            o.items,
		"seconds":          took.Seconds(),
		"items_per_second": float64(o.items) / took.Seconds(),
		"latency_ms":       percentiles(times),
	})
}
