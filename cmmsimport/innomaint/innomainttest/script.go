package innomainttest

// script has the responses queued for one id.
type script struct {
	queue  []Answer
	always *Answer // when the queue is used up; nil: the asset itself
}

// Script queues responses for the next calls for id, one each, in order. After them, the response is that of
// [Server.ScriptAlways], else the asset itself.
func (s *Server) Script(id string, answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.script(id)
	one.queue = append(one.queue, answers...)
}

// ScriptAlways makes a the response to every call for id for which [Server.Script] has none. SetAsset does not change that;
// ScriptAlways(id, Answer{}) does: it means the asset itself.
func (s *Server) ScriptAlways(id string, a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script(id).always = &a
}

func (s *Server) script(id string) *script {
	one := s.scripts[id]
	if one == nil {
		one = &script{}
		s.scripts[id] = one
	}
	return one
}

// nextAnswer returns the scripted response for a call, or the zero Answer, which is the asset itself.
func (s *Server) nextAnswer(id string) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one := s.scripts[id]; one != nil {
		return one.next()
	}
	return Answer{}
}

// next returns the next response, the zero Answer if there is none.
func (s *script) next() Answer {
	if len(s.queue) > 0 {
		a := s.queue[0]
		s.queue = s.queue[1:]
		return a
	}
	if s.always != nil {
		return *s.always
	}
	return Answer{}
}
